import type { ChatView } from "../../../protocol/chatView";
import classes from "./Column.module.css";

/** Who writes just now, and, for those who do not see it, what came last. */
export function Typing({ view, visitor, me }: { view: ChatView; visitor: string; me: string }) {
  const colleagues = view.colleagues.filter((one) => one.id !== me).map((one) => one.name);
  const names = [...(view.typing === null ? [] : [visitor]), ...colleagues];
  const last = view.lines.at(-1);
  const said = last?.kind === "visitor" ? `${visitor}: ${last.text}` : "";
  return (
    <>
      <div className={classes.typing} aria-live="polite">
        {names.length > 0 && (
          <>
            <span className={classes.dots} aria-hidden="true">
              <i />
              <i />
              <i />
            </span>
            {new Intl.ListFormat("en").format(names)} {names.length === 1 ? "is" : "are"} typing
          </>
        )}
      </div>
      <div className="unseen" aria-live="polite">
        {said}
      </div>
    </>
  );
}
