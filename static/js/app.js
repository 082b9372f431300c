// Only a list: luckygas/storage.py serves it as one file; as it stands it works too.
import "./elements/enter-next.js";
import "./elements/function-keys.js";
import "./elements/ime-safe.js";
import "./elements/keep-draft.js";
import "./elements/keep-typed.js";
import "./elements/live-parts.js";
import "./elements/local-clock.js";
import "./elements/park-call.js";
import "./elements/parked-calls.js";
import "./elements/pick-list.js";
import "./elements/press-key.js";
import "./elements/put-away.js";
import "./elements/show-dialog.js";
import "./elements/sign-pad.js";
import "./elements/step-count.js";
import "./elements/submit-once.js";
import "./elements/tell-trouble.js";
