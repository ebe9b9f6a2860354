import { Alert, Code, SegmentedControl, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useRoute } from "wouter";
import { ask } from "../../api/call";
import { Failed, Waiting } from "../../parts/States";
import { Copy } from "../parts/Copy";
import { Section } from "../parts/Section";
import { KEYS } from "../reads";
import { useMay } from "../rights";
import { SETTINGS_LINKS } from "../settings/settingsLinks";
import classes from "./widget.module.css";
import { OWN_COLOUR, type WidgetDraft } from "./widgetDraft";

/** The line for the customer's own page. */
export function SnippetBox({ saved, changed }: { saved: WidgetDraft; changed: boolean }) {
  const [kind, setKind] = useState<"pinned" | "plain">("plain");
  const queries = useQueryClient();
  const place = useRef<HTMLDivElement>(null);
  const [wanted] = useRoute(`${SETTINGS_LINKS.widget.link}/snippet`);
  useEffect(() => {
    if (wanted) place.current?.scrollIntoView({ block: "center" });
  }, [wanted]);
  const may = useMay();
  // The button is on the page before the desk is asked for anything, so the line itself says how it looks.
  const looks = {
    sri: kind === "pinned",
    color: saved.color === OWN_COLOUR ? "" : saved.color,
    position: saved.position === "left" ? "left" : "",
  };
  const snippet = useQuery({
    queryKey: ["snippet", looks],
    queryFn: () => ask.get("/api/v1/widget/snippet", { query: looks }),
  });
  const note = async () => {
    if (!may("changeSettings")) return;
    // For the list of first steps; the copy itself has worked, so a failure here is nobody's concern.
    await ask.put("/api/settings", { body: { snippetCopied: true } }).catch(() => undefined);
    await queries.invalidateQueries({ queryKey: KEYS.settings });
  };
  return (
    <div ref={place}>
      <Section
        title="Put it on your page"
        about="One line before the closing body tag. It holds the button's colour and side: copy it again when you change those. Everything else comes from the desk."
      >
        <SegmentedControl
          aria-label="Kind of line"
          size="xs"
          value={kind}
          onChange={(next) => setKind(next as typeof kind)}
          data={[
            { value: "plain", label: "Always the newest" },
            { value: "pinned", label: "Pinned by its hash" },
          ]}
        />
        <Text size="sm" c="var(--faint)" my="xs">
          {kind === "plain"
            ? "The widget on your page is brought up to date with the desk."
            : "Browsers run exactly this loader and nothing else (subresource integrity). After an upgrade the old line still works; copy a new one to get the newer loader."}
        </Text>
        {snippet.isPending && <Waiting what="Writing the line" />}
        {snippet.isLoadingError && <Failed error={snippet.error} onRetry={() => void snippet.refetch()} />}
        {snippet.data && (
          <>
            <Code
              block
              className={classes.snippet}
              tabIndex={0}
              role="region"
              aria-label="The line for your page"
            >
              {snippet.data.html}
            </Code>
            <Copy text={snippet.data.html} name="the line" variant="filled" onCopied={() => void note()} />
          </>
        )}
        {changed && (
          <Alert variant="light" color="yellow" mt="sm" p="xs">
            Your changes above are not saved yet; visitors see them once they are.
          </Alert>
        )}
      </Section>
    </div>
  );
}
