import classes from "./Knowledge.module.css";

/** One of a few, each with how many there are of it. */
export function Choices<T extends string>(props: {
  label: string;
  choices: readonly (readonly [T, string, number])[];
  chosen: T;
  onChoose: (choice: T) => void;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in a row with what is beside it
    <div role="group" className={classes.choices} aria-label={props.label}>
      {props.choices.map(([choice, name, number]) => (
        <button
          key={choice}
          type="button"
          className={classes.choice}
          aria-pressed={props.chosen === choice}
          onClick={() => props.onChoose(choice)}
        >
          {name} <span className={classes.count}>{number.toLocaleString("en")}</span>
        </button>
      ))}
    </div>
  );
}
