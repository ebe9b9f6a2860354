import { Button, FileButton, Group } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconSchool, IconUpload, IconWorldDownload } from "@tabler/icons-react";
import { Redirect, Route, Switch } from "wouter";
import { Page } from "../parts/Page";
import { DocumentPage } from "./document/DocumentPage";
import { Documents } from "./documents/Documents";
import { ImportPage } from "./ImportPage";
import { Gaps } from "./learning/Gaps";
import { Suggestions } from "./learning/Suggestions";
import { TeachPair } from "./learning/TeachPair";
import { useMayTeach } from "./reads";
import { Sections } from "./Sections";
import { SearchBench } from "./search/SearchBench";
import { DropAnywhere } from "./uploads/DropAnywhere";
import { UploadList } from "./uploads/UploadList";
import { uploadQueue } from "./uploads/uploadQueue";

const KINDS = ".pdf,.docx,.html,.htm,.md,.txt,.json,.csv,.xlsx";

/** What the assistant answers from: documents, a bench to try questions at, and what it could learn. */
export default function Knowledge() {
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

function Actions() {
  const mayTeach = useMayTeach();
  const [importing, importer] = useDisclosure();
  const [teaching, teacher] = useDisclosure();
  return (
    <Group gap="xs">
      {mayTeach && (
        <Button
          variant="default"
          leftSection={<IconSchool size={18} stroke={1.7} aria-hidden />}
          onClick={teacher.open}
        >
          Teach an answer
        </Button>
      )}
      <Button
        variant="default"
        leftSection={<IconWorldDownload size={18} stroke={1.7} aria-hidden />}
        onClick={importer.open}
      >
        Import a web page
      </Button>
      <FileButton onChange={(files) => uploadQueue.add(files)} accept={KINDS} multiple>
        {(props) => (
          <Button {...props} leftSection={<IconUpload size={18} stroke={1.7} aria-hidden />}>
            Add documents
          </Button>
        )}
      </FileButton>
      <ImportPage opened={importing} onClose={importer.close} />
      <TeachPair opened={teaching} onClose={teacher.close} />
    </Group>
  );
}
