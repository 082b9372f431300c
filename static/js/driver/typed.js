// What somebody typed into a form, and back into it.
const isBox = ({ type }) => ["radio", "checkbox"].includes(type);

function fieldsOf(form) {
  return [...form.elements].filter((field) => field.name && !["file", "submit", "button", "fieldset"].includes(field.type)
    && (field.type !== "hidden" || field.closest("sign-pad")));
}

export function typedIn(form) {
  return fieldsOf(form).map((field) => ({ name: field.name, value: field.value, checked: isBox(field) && field.checked }));
}

export function typeAgain(form, typed, photo) {
  const fields = fieldsOf(form);
  for (const { name, value, checked } of typed) {
    const field = fields.find((each) => each.name === name && (!isBox(each) || each.value === value));
    if (!field) continue;
    if (isBox(field)) field.checked = checked;
    else if (field.value !== value) {
      field.value = value;
      const more = field.closest("details");
      if (more) more.open = true;
    }
  }
  if (photo) {
    const files = new DataTransfer();
    files.items.add(new File([photo], "photo.jpg", { type: photo.type }));
    form.elements.photo.files = files.files;
  }
  // Only now, so that what adds up the form sees all of it.
  for (const field of [...fields, form.elements.photo].filter(Boolean)) field.dispatchEvent(new Event("input", { bubbles: true }));
  for (const pad of form.querySelectorAll("sign-pad")) pad.write(pad.input.value);
}
