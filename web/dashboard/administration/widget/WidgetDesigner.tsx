import { ask } from "../../api/call";
import { Page } from "../../parts/Page";
import { Failed, Waiting } from "../../parts/States";
import { SaveBar } from "../parts/SaveBar";
import { KEYS, readNow, useSettings } from "../reads";
import { useMay } from "../rights";
import { ReadOnly } from "../settings/ReadOnly";
import type { DeskSettings } from "../shapes";
import { faultOfForm, useAct } from "../useAct";
import { useDraft } from "../useDraft";
import { BeforeTheChat, Look, Offered, Words } from "./DesignFields";
import { Preview } from "./Preview";
import { SnippetBox } from "./SnippetBox";
import classes from "./widget.module.css";
import { draftOf, settingsOf } from "./widgetDraft";

/** How the widget looks and what it asks, with the widget itself beside it. */
export function WidgetDesigner() {
  const settings = useSettings();
  return (
    <Page
      title="Widget"
      about="The chat on your web pages: how it looks, what it says and what it asks."
      wide
    >
      {settings.isPending && <Waiting what="Loading settings" />}
      {settings.isLoadingError && <Failed error={settings.error} onRetry={() => void settings.refetch()} />}
      {settings.data && <Designer settings={settings.data} />}
    </Page>
  );
}

const SHOWN = ["color", "language", "title", "company", "greeting", "away", "privacyUrl"].map(
  (name) => `widget.${name}`,
);

function Designer({ settings }: { settings: DeskSettings }) {
  const may = useMay();
  const draft = useDraft(draftOf(settings));
  const reading = useSettings();
  const save = useAct({
    does: async () => {
      const now = draftOf(await readNow(reading));
      const changes = draft.over(now);
      await ask.put("/api/settings", { body: { widget: settingsOf({ ...now, ...changes }) } });
      return changes;
    },
    changes: [KEYS.settings],
    onDone: (saved) => draft.settle(saved),
  });
  const fields = { draft, error: save.error };
  return (
    <div className={classes.designer}>
      <div>
        <ReadOnly locked={!may("changeSettings")}>
          <Look {...fields} />
          <Words {...fields} />
          <BeforeTheChat {...fields} />
          <Offered {...fields} />
        </ReadOnly>
        <SnippetBox saved={draftOf(settings)} changed={draft.changed} />
        <SaveBar
          changed={draft.changed}
          busy={save.isPending}
          savedAt={save.isSuccess ? save.submittedAt : 0}
          fault={faultOfForm(save.error, ...SHOWN)}
          onSave={() => save.mutate()}
          onDiscard={() => {
            draft.reset();
            save.reset();
          }}
        />
      </div>
      <Preview draft={draft.value} company={settings.companyName ?? ""} />
    </div>
  );
}
