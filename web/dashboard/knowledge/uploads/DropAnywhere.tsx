import { notifications } from "@mantine/notifications";
import { IconFileUpload } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { type Dropped, droppedFiles } from "./droppedFiles";
import classes from "./Uploads.module.css";
import { uploadQueue } from "./uploadQueue";

/** Takes files that are dropped anywhere on the page, and shows that it would. */
export function DropAnywhere() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    // Counted, as every element on the way is entered and left by itself.
    let depth = 0;
    const move = (step: number) => (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth = Math.max(0, depth + step);
      setOver(depth > 0);
    };
    const listeners = {
      dragenter: move(1),
      dragleave: move(-1),
      dragover: (event: DragEvent) => hasFiles(event) && event.preventDefault(),
      drop: (event: DragEvent) => {
        if (!event.dataTransfer || !hasFiles(event)) return;
        event.preventDefault();
        depth = 0;
        setOver(false);
        void droppedFiles(event.dataTransfer).then(take);
      },
    };
    for (const [name, listener] of Object.entries(listeners))
      window.addEventListener(name, listener as EventListener);
    return () => {
      for (const [name, listener] of Object.entries(listeners))
        window.removeEventListener(name, listener as EventListener);
    };
  }, []);
  if (!over) return null;
  return (
    <div className={classes.over} aria-hidden>
      <div className={classes.target}>
        <IconFileUpload size={40} stroke={1.4} />
        <strong>Drop to add to the knowledge base</strong>
        <span>PDF, DOCX, XLSX, HTML, Markdown, text, JSON, CSV; folders too</span>
      </div>
    </div>
  );
}

function take({ files, unread }: Dropped): void {
  uploadQueue.add(files);
  if (unread.length > 0)
    notifications.show({
      color: "orange",
      title: "Not everything could be read",
      autoClose: false,
      message: `Your computer did not let these be read: ${unread.join(", ")}.`,
    });
  else if (files.length === 0)
    notifications.show({ color: "orange", message: "There are no files in what you dropped." });
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}
