// An activation letter's QR code carries sign-in name and code behind "#". That part of an
// address never leaves the browser; it is put into the form and taken out of the address.
const carried = new URLSearchParams(location.hash.slice(1));
const fields = { username: carried.get("u"), code: carried.get("c") };

for (const [name, text] of Object.entries(fields)) {
  const field = document.querySelector(`#main [name="${name}"]`);
  if (field && text) field.value = text;
}
if (location.hash) history.replaceState(null, "", location.pathname);
