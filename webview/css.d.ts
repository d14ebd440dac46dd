/** esbuild bundles style sheets into panel.css; importing one has no value. */
declare module "*.css";
