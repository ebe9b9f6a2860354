import { Alert, Button, Modal, PasswordInput, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { CopyLine } from "./Copy";

export interface ChosenPassword {
  way: "made" | "typed";
  typed: string;
}

export const NO_PASSWORD_YET: ChosenPassword = { way: "made", typed: "" };

// Without letters and digits that are taken for one another; five bits each.
const ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";
const GROUPS = 4;
const GROUP = 5;

/** A password of a hundred random bits nearly, in groups that can be read aloud. */
export function makePassword(): string {
  const signs: string[] = [];
  while (signs.length < GROUPS * GROUP) {
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
    const sign = ALPHABET[byte & 31];
    if (sign) signs.push(sign);
  }
  return signs.join("").replace(new RegExp(`.{${GROUP}}(?=.)`, "g"), "$&-");
}

/** Have a password made, or type one. */
export function PasswordChoice(props: {
  value: ChosenPassword;
  onChange: (value: ChosenPassword) => void;
  fault: string | undefined;
}) {
  const { value, onChange } = props;
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600} component="span" id="password-way">
        Password
      </Text>
      <SegmentedControl
        aria-labelledby="password-way"
        value={value.way}
        onChange={(way) => onChange({ ...value, way: way as ChosenPassword["way"] })}
        data={[
          { value: "made", label: "Make one" },
          { value: "typed", label: "Type one" },
        ]}
      />
      {value.way === "made" ? (
        <Text size="sm" c="var(--faint)">
          It is shown once, when you are done. Pass it on by a way that you trust.
        </Text>
      ) : (
        <PasswordInput
          label="New password"
          description="At least 8 characters."
          autoComplete="new-password"
          value={value.typed}
          onChange={(event) => onChange({ ...value, typed: event.currentTarget.value })}
          error={props.fault}
        />
      )}
    </Stack>
  );
}

/** The password that was made, this once. */
export function PasswordShown(props: { name: string; password: string; onClose: () => void }) {
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={`Password of ${props.name}`}
      closeOnClickOutside={false}
      withCloseButton={false}
    >
      <CopyLine text={props.password} name="the password" />
      <Alert color="yellow" variant="light" icon={<IconKey size={18} />} p="sm" my="md">
        This is the only time it is shown: the desk keeps no password that could be read.
      </Alert>
      <Button fullWidth onClick={props.onClose}>
        Done
      </Button>
    </Modal>
  );
}
