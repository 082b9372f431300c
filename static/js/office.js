// What only the pages of the office and paper use, beside app.js; a list as that one is.
import "./elements/enter-next.js";
import "./elements/ime-safe.js";
import "./elements/keep-marks.js";
import "./elements/local-clock.js";
import "./elements/move-pin.js";
import "./elements/open-first.js";
import "./elements/park-call.js";
import "./elements/parked-calls.js";
import "./elements/press-keys.js";
import "./elements/print-key.js";
import "./elements/read-again.js";
import "./elements/show-keys.js";
import "./elements/walk-list.js";
