/** Where somebody signs up with an invite. */
export function joinLink(code: string): string {
  return `${location.origin}/dashboard/join/${code}`;
}
