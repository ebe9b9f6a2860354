/** The kinds of question that the desk tells apart. */
export const SPECIALTIES: readonly { value: string; label: string }[] = [
  { value: "billing", label: "Billing" },
  { value: "technical", label: "Technical" },
  { value: "general", label: "General" },
  { value: "feature_request", label: "Feature requests" },
  { value: "bug_report", label: "Bug reports" },
];
