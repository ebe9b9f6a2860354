// What opens over a conversation: the sources of an answer, and a picture. One of each for all its lines.

import { Modal } from "@mantine/core";
import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import type { Line } from "../../../protocol/chatView";
import type { Attachment } from "../../../protocol/events";
import classes from "./Lines.module.css";
import { Sources } from "./Sources";

type Answer = Extract<Line, { kind: "answer" }>;

interface Panels {
  showSources: (answer: Answer, chosen: number | null) => void;
  showPicture: (file: Attachment) => void;
}

const Context = createContext<Panels | null>(null);

export function usePanels(): Panels {
  const panels = useContext(Context);
  if (!panels) throw new Error("There is no conversation around this line.");
  return panels;
}

export function PanelsProvider({ children }: { children: ReactNode }) {
  const [sources, setSources] = useState<{ answer: Answer; chosen: number | null } | null>(null);
  const [picture, setPicture] = useState<Attachment | null>(null);
  // What was shown last stays while its panel closes.
  const [opened, setOpened] = useState<"sources" | "picture" | null>(null);
  const panels = useMemo<Panels>(
    () => ({
      showSources: (answer, chosen) => {
        setSources({ answer, chosen });
        setOpened("sources");
      },
      showPicture: (file) => {
        setPicture(file);
        setOpened("picture");
      },
    }),
    [],
  );
  const close = () => setOpened(null);
  return (
    <Context value={panels}>
      {children}
      <Sources
        opened={opened === "sources"}
        sources={sources?.answer.sources ?? []}
        citations={sources?.answer.sentences.flatMap((one) => one.citations) ?? []}
        why={sources?.answer.why ?? null}
        chosen={sources?.chosen ?? null}
        onClose={close}
      />
      <Modal
        opened={opened === "picture"}
        onClose={close}
        title={picture ? nameOf(picture) : ""}
        size="auto"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        {picture && (
          <>
            <img className={classes.picture} src={picture.url} alt={nameOf(picture)} />
            <p>
              <a href={picture.url} download={nameOf(picture)}>
                Download
              </a>
            </p>
          </>
        )}
      </Modal>
    </Context>
  );
}

export function nameOf(file: Attachment): string {
  return file.originalName || file.filename || "file";
}
