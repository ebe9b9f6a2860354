// The same examples in every run: a test fails for what was changed. `EXAMPLES=7 npm test` tries others.

import fc from "fast-check";

fc.configureGlobal({ seed: Number(process.env.EXAMPLES ?? 1) });
