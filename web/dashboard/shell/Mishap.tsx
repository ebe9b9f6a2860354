import { Alert, Button, Text } from "@mantine/core";
import { Component, type ReactNode } from "react";

/** Keeps a defect of one page from taking the whole dashboard away. */
export class Mishap extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    if (!this.state.error) return this.props.children;
    return (
      <Alert color="red" m="lg" role="alert" title="This page has broken">
        <Text size="sm">{this.state.error.message}</Text>
        <Button mt="sm" size="xs" variant="default" onClick={() => location.reload()}>
          Load it again
        </Button>
      </Alert>
    );
  }
}
