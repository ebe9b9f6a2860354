import { useQueryClient } from "@tanstack/react-query";
import { ME } from "../api/session";
import { Entrance } from "./Entrance";
import { SignInForm } from "./SignInForm";

export function SignIn() {
  const queries = useQueryClient();
  return (
    <Entrance name="Sign in" title="Welcome back" about="Sign in to your desk.">
      <SignInForm onSignedIn={() => void queries.invalidateQueries({ queryKey: ME })} />
    </Entrance>
  );
}
