// What every page uses. Only a list: luckygas/storage.py serves it as one file; as it stands it works too.
import "./catch-up.js";
import "./hold-still.js";
import "./keep-focus.js";
import "./elements/follow-count.js";
import "./elements/keep-draft.js";
import "./elements/keep-typed.js";
import "./elements/live-parts.js";
import "./elements/put-away.js";
import "./elements/show-dialog.js";
import "./elements/sign-pad.js";
import "./elements/step-count.js";
import "./elements/submit-once.js";
import "./elements/tell-progress.js";
import "./elements/tell-trouble.js";
