import { Modal } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect } from "react";
import { resumeSession } from "../api/endedSession";
import { forgetAccount, type Me, useSignedIn, whoAmI } from "../api/session";
import { EntranceCard } from "./Entrance";
import classes from "./SignIn.module.css";
import { SignInForm } from "./SignInForm";

/** Covers everything when a session has ended, and leaves all below as it was for the one who was writing. */
export function SignInAgain() {
  const owner = useSignedIn();
  const queries = useQueryClient();
  const enter = useCallback(
    (me: Me) => {
      if (me.id !== owner.id) return forgetAccount(queries, me);
      resumeSession(true);
      void queries.invalidateQueries();
    },
    [owner.id, queries],
  );
  useEffect(() => {
    // Another window of this browser may have signed in meanwhile.
    const look = () =>
      void whoAmI().then(
        (me) => me && enter(me),
        () => undefined,
      );
    window.addEventListener("focus", look);
    return () => window.removeEventListener("focus", look);
  }, [enter]);
  return (
    <Modal.Root opened fullScreen onClose={() => undefined} zIndex={600} transitionProps={{ duration: 0 }}>
      <Modal.Content radius={0}>
        <Modal.Body className={classes.place}>
          <EntranceCard
            heading={
              <Modal.Title fz="h3" fw={700} lh={1.4} mt="md">
                Please sign in again
              </Modal.Title>
            }
            about={`Your session has ended. What you were doing is still here, ${owner.name}.`}
          >
            <SignInForm email={owner.email} onSignedIn={enter} />
          </EntranceCard>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
