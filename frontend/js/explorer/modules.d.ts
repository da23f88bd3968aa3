// What esbuild and the package give without types of their own.
declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  const SwaggerUI: (options: Record<string, unknown>) => unknown;
  export default SwaggerUI;
}

declare module "swagger-ui-dist/swagger-ui.css" {
  const text: string;
  export default text;
}
