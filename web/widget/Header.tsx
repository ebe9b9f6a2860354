import { useAround } from "./around";
import { tellHost } from "./host";
import { Icon } from "./icons";
import { Face } from "./LineView";
import { type Choice, Menu } from "./Menu";

interface Props {
  /** The person who answers; null is the assistant. */
  agent: string | null;
  choices: Choice[];
}

export function Header({ agent, choices }: Props) {
  const { words, config } = useAround();
  const title = config.title || config.company || words.say("title");
  return (
    <header>
      {agent ? (
        <Face name={agent} />
      ) : (
        <span class="face">
          <Icon name="chat" />
        </span>
      )}
      <div class="who">
        <h1>
          <bdi>{title}</bdi>
        </h1>
        <p>
          <bdi>{agent ?? words.say("assistant")}</bdi>
        </p>
      </div>
      <Menu choices={choices} />
      <button
        type="button"
        class="head-icon"
        aria-label={words.say("close")}
        onClick={() => tellHost({ type: "close" })}
      >
        <Icon name="close" />
      </button>
    </header>
  );
}
