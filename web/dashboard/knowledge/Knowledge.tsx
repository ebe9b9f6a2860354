import { Redirect, Route, Switch, useLocation } from "wouter";
import { Page } from "../parts/Page";
import { Actions } from "./Actions";
import { DocumentPage } from "./document/DocumentPage";
import { Documents } from "./documents/Documents";
import { useKeptFocus } from "./keepFocus";
import { Gaps } from "./learning/Gaps";
import { Suggestions } from "./learning/Suggestions";
import { Sections } from "./Sections";
import { SearchBench } from "./search/SearchBench";
import { DropAnywhere } from "./uploads/DropAnywhere";
import { UploadList } from "./uploads/UploadList";

/** What the assistant answers from: documents, a bench to try questions at, and what it could learn. */
export default function Knowledge() {
  useKeptFocus(useLocation()[0]);
  return (
    <>
      <DropAnywhere />
      <Switch>
        <Route path="/knowledge/documents/:id">{({ id }) => <DocumentPage key={id} id={id} />}</Route>
        <Route path="/knowledge">{() => <Part name="Documents" content={<Documents />} />}</Route>
        <Route path="/knowledge/try">{() => <Part name="Try a question" content={<SearchBench />} />}</Route>
        <Route path="/knowledge/suggestions">
          {() => <Part name="Suggestions" content={<Suggestions />} />}
        </Route>
        <Route path="/knowledge/gaps">{() => <Part name="Gaps" content={<Gaps />} />}</Route>
        <Route>
          <Redirect to="/knowledge" replace />
        </Route>
      </Switch>
    </>
  );
}

function Part({ name, content }: { name: string; content: React.ReactNode }) {
  return (
    <Page title="Knowledge" part={name} wide actions={<Actions />}>
      <Sections />
      <UploadList />
      {content}
    </Page>
  );
}
