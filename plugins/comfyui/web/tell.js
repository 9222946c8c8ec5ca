// Shows what the recorder has to tell as a toast, in the language the editor is set to.
import { api } from "../../scripts/api.js";
import { app } from "../../scripts/app.js";

const language = () => {
  const set = app.extensionManager?.setting?.get?.("Comfy.Locale") ?? navigator.language ?? "en";
  return String(set).startsWith("ja") ? "ja" : "en";
};

app.registerExtension({
  name: "myself_i2i.tell",
  setup() {
    api.addEventListener("myself_i2i.tell", ({ detail }) => {
      app.extensionManager?.toast?.add?.({
        severity: "warn",
        summary: "Myself_i2i",
        detail: detail[language()],
        life: 12000,
      });
    });
  },
});
