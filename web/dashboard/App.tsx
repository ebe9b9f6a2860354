import { DirectionProvider, MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { Router, useRoute } from "wouter";
import { Refused } from "../protocol/refused";
import { useSessionEnded } from "./api/endedSession";
import { SignedIn, useMe } from "./api/session";
import { pageNonce } from "./nonce";
import { Failed, Waiting } from "./parts/States";
import { askBeforeLeaving, LeaveGuard } from "./shell/LeaveGuard";
import { Mishap } from "./shell/Mishap";
import { Shell } from "./shell/Shell";
import { FirstRun } from "./signin/FirstRun";
import { Join } from "./signin/Join";
import { SignIn } from "./signin/SignIn";
import { SignInAgain } from "./signin/SignInAgain";
import { useSetup } from "./signin/useSetup";
import { theme } from "./theme";

const MOST_TRIES = 2;

export function App() {
  const [queries] = useState(makeQueries);
  const [nonce] = useState(pageNonce);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <DirectionProvider>
        <QueryClientProvider client={queries}>
          <Router base="/dashboard" aroundNav={askBeforeLeaving}>
            <Notifications position="bottom-right" zIndex={400} />
            <Mishap>
              <Gate />
            </Mishap>
            <LeaveGuard />
          </Router>
        </QueryClientProvider>
      </DirectionProvider>
    </MantineProvider>
  );
}

/** Nobody gets past it who is not signed in; where they were stays in the address. */
function Gate() {
  const me = useMe();
  const [invited, given] = useRoute("/join/:code");
  if (invited) return <Join code={given.code} />;
  if (me.isPending) return <Waiting />;
  if (me.isError) return <Failed error={me.error} onRetry={() => void me.refetch()} />;
  if (!me.data) return <WayIn />;
  return (
    <SignedIn.Provider key={me.data.id} value={me.data}>
      <Shell />
      <Reentry />
    </SignedIn.Provider>
  );
}

function Reentry() {
  return useSessionEnded() && <SignInAgain />;
}

/** A desk without any account is set up; any other is signed in to. */
function WayIn() {
  const setup = useSetup();
  if (setup.isPending) return <Waiting />;
  return setup.data ? <FirstRun /> : <SignIn />;
}

function makeQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        // What the desk refuses it refuses again; only what may pass is tried once more.
        retry: (times, error) => times < MOST_TRIES && (!(error instanceof Refused) || error.passing),
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });
}
