// A form of a driver's page as the body of its report, in the words of the server's contract.
const METHOD = { exact: "cash", other: "cash", transfer: "transfer", account: "account", left: "account" };
const COUNT = /^items\.(.+)\.(delivered|empties|other_empties|parts|part_kg|rest)$/;

export function reportOf(form, kind) {
  const said = Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  if (kind === "deliver" && said.leak_check === "leak") return { kind: "fail", body: { reason: "leak", next_step: "call" } };
  return { kind, body: (BODIES[kind] ?? (() => ({})))(said, form) };
}

const BODIES = {
  depart: (said) => ({
    route: Number(said.route), in_date: "in_date" in said,
    loaded: Object.entries(said).filter(([name]) => name.startsWith("loaded."))
      .map(([name, count]) => ({ product: name.slice(7), delivered: Number(count), ...tagsOf(said, name.slice(7)) }))
      .filter(({ delivered, aside }) => delivered || aside),
  }),
  close: (said) => ({ route: Number(said.route) }),
  reorder: (said) => ({ route: Number(said.route) }),
  sos: (said) => ({
    route: Number(said.route) || null,
    ...(said.latitude ? { latitude: Number(said.latitude), longitude: Number(said.longitude) } : {}),
  }),
  check: (said) => ({
    route: Number(said.route), when: said.when, odometer_km: Number(said.odometer_km), note: said.note ?? "",
    faults: Object.keys(said).filter((name) => name.startsWith("part.") && said[name] === "fault").map((name) => name.slice(5)),
  }),
  cash: (said) => ({
    route: Number(said.route),
    counts: Object.fromEntries(Object.entries(said).filter(([name, count]) => name.startsWith("note.") && Number(count))
      .map(([name, count]) => [name.slice(5), Number(count)])),
  }),
  sale: (said, form) => ({
    route: Number(said.route), buyer: said.buyer.trim(), items: itemsOf(said, form), leak_check: "passed",
    payment: paymentOf(said, form),
  }),
  legacy: (said, form) => ({
    items: itemsOf(said, form), payment: { method: "cash", received_twd: Number(said.received_twd) },
  }),
  takeover: (said) => ({ route: Number(said.route) }),
  quarantine: (said, form) => ({ route: Number(said.route), items: asidesOf(said, form) }),
  fail: ({ reason, next_step, note }) => ({ reason, next_step, note }),
  collect: (said, form) => {
    const items = itemsOf(said, form);
    return { ...(said.choice ? { payment: paymentOf(said, form) } : {}), ...(items.length ? { items } : {}), ...signedBy(said) };
  },
  deliver: (said, form) => ({
    order: said.order, items: itemsOf(said, form), leak_check: said.leak_check ?? "", substitutes_agreed: "agreed" in said,
    payment: paymentOf(said, form), left_owed: said.choice === "left", ...signedBy(said),
  }),
  amend: (said, form) => ({ ...BODIES[form.dataset.what](said, form), why: said.why, amends: said.amends ?? "" }),
  pay: (said, form) => ({ order: said.order ?? "", payment: paymentOf(said, form) }),
  seen: ({ route, numbers }) => ({ route: Number(route), numbers: numbers.split(",").map(Number) }),
};

function itemsOf(said, form) {
  const items = new Map();
  for (const [name, value] of Object.entries(said)) {
    const [, product, what] = name.match(COUNT) ?? [];
    if (!product) continue;
    const item = items.get(product) ?? { product, rest: "" };
    item[what] = ["rest", "part_kg"].includes(what) ? value : Number(value || 0);
    items.set(product, item);
  }
  const ordered = (code) => form.querySelector(`[data-code="${CSS.escape(code)}"]:not([data-beside])`);
  return [...items.values()].map((item) => ({ ...item, ...tagsOf(said, item.product) }))
    .filter((item) => ordered(item.product) || item.delivered || item.empties || item.other_empties || item.aside);
}

// On the page of the stock everything that was typed is to be put aside.
function asidesOf(said, form) {
  return [...form.elements.tag_product.options].map(({ value: product }) => {
    const { tagged = [], aside = [] } = tagsOf(said, product);
    return { product, delivered: 0, aside: [...aside, ...tagged] };
  }).filter(({ aside }) => aside.length);
}

// What <check-tag> read of one product, and what is typed there still.
function tagsOf(said, product) {
  const typed = said.tag_text?.trim() && `${said.tag_product}:${said.tag_text.trim().replaceAll(",", " ")}`;
  const lists = { tagged: [said.tagged, typed], aside: [said.aside] };
  const found = Object.entries(lists).map(([name, texts]) => [name, texts.filter(Boolean).join(",").split(",")
    .filter((row) => row.startsWith(`${product}:`)).map((row) => row.slice(product.length + 1))]);
  return Object.fromEntries(found.filter(([, texts]) => texts.length));
}

function paymentOf(said, form) {
  const exact = Number(form.closest("hand-over").dataset.due);
  const received = { exact, account: 0, left: 0 }[said.choice] ?? Number(said.received_twd);
  return { method: METHOD[said.choice], received_twd: received };
}

function signedBy(said) {
  const signature = "unsigned" in said ? "" : said.signature;
  return { signature, unsigned: !signature };
}
