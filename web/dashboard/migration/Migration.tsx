import { Suspense } from "react";
import { Redirect, Route, Switch } from "wouter";
import { Page } from "../parts/Page";
import { Waiting } from "../parts/States";
import classes from "./Migration.module.css";
import { Now } from "./Now";
import { EVIDENCE } from "./registry";
import { StepCard } from "./StepCard";
import { STEPS } from "./steps";

/** The way from models in the cloud to one's own, and the evidence for each step. */
export default function Migration() {
  return (
    <Suspense fallback={<Waiting />}>
      <Switch>
        {EVIDENCE.map(({ path, component: Component }) => (
          <Route key={path} path={`/migration/${path}`}>
            <Component />
          </Route>
        ))}
        <Route path="/migration">
          <Checklist />
        </Route>
        <Route>
          <Redirect to="/migration" replace />
        </Route>
      </Switch>
    </Suspense>
  );
}

function Checklist() {
  return (
    <Page
      title="Migration"
      about="From a model in the cloud to one of your own, in eleven steps. Each leaves evidence that can be read and checked again; a step that has none says so."
    >
      <Now />
      <ol className={classes.steps}>
        {STEPS.map((step, place) => (
          <StepCard
            key={step.id}
            step={step}
            place={place + 1}
            page={EVIDENCE.find((page) => page.step === step.id)}
          />
        ))}
      </ol>
    </Page>
  );
}
