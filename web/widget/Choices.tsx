import { useAround } from "./around";

interface Props {
  /** The category and the question that are picked. */
  category: string | null;
  question: string | null;
  onCategory: (id: string) => void;
  onQuestion: (question: string) => void;
}

/** What a chat may be about, and questions that others ask. */
export function Choices({ category, question, onCategory, onQuestion }: Props) {
  const { words, config } = useAround();
  return (
    <>
      {config.categories.length > 0 && (
        <section class="choices" aria-labelledby="topics">
          <h2 id="topics">{words.say("topic")}</h2>
          <div class="tiles">
            {config.categories.map(({ id, name, icon }) => (
              <button key={id} type="button" aria-pressed={category === id} onClick={() => onCategory(id)}>
                <span aria-hidden="true">{icon}</span>
                <bdi>{name}</bdi>
              </button>
            ))}
          </div>
        </section>
      )}
      {config.questions.length > 0 && (
        <section class="choices" aria-labelledby="often">
          <h2 id="often">{words.say("often")}</h2>
          <div class="chips">
            {config.questions.map((one) => (
              <button
                key={one}
                type="button"
                dir="auto"
                aria-pressed={question === one}
                onClick={() => onQuestion(one)}
              >
                {one}
              </button>
            ))}
          </div>
        </section>
      )}
    </>
  );
}
