import { useState } from "preact/hooks";
import { useAround } from "./around";

/** One line in which a visitor may say why. */
export function CommentLine({ asks, onSaid }: { asks: string; onSaid: (comment: string) => void }) {
  const { words } = useAround();
  const [comment, setComment] = useState("");
  return (
    <form
      class="row-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (comment.trim()) onSaid(comment.trim());
      }}
    >
      <input
        dir="auto"
        aria-label={asks}
        placeholder={asks}
        maxLength={2000}
        value={comment}
        onInput={(event) => setComment(event.currentTarget.value)}
      />
      <button type="submit" class="secondary">
        {words.say("send")}
      </button>
    </form>
  );
}
