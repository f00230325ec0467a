"use strict";

// Without a validator, whose badge would come from another host.
SwaggerUIBundle({
  url: document.currentScript.dataset.schema,
  dom_id: "#description",
  deepLinking: true,
  validatorUrl: null,
});
