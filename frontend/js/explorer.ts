// The page at /api/v1/docs: Swagger UI over this server's own description, from this server alone.

import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";
import styles from "swagger-ui-dist/swagger-ui.css";

const place = document.getElementById("explorer");
if (place) {
  // As a sheet of the document: the page's policy allows no inline styles.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  place.replaceChildren();
  SwaggerUI({
    domNode: place,
    url: place.dataset.description,
    deepLinking: true,
    docExpansion: "list",
    // Nothing is asked of any other server.
    validatorUrl: null,
  });
}
