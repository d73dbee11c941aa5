/** Has the browser fetch the view that most readers open beside the page's first script, not after it has run. */
import type { HtmlTagDescriptor, Plugin } from "vite";

const FIRST_VIEW = "now";

export const firstView: Plugin = {
  name: "first-view",
  apply: "build",
  transformIndexHtml: {
    order: "post",
    handler: (_, { bundle = {} }) => {
      const chunk = Object.values(bundle).find(
        (file) => file.type === "chunk" && file.isDynamicEntry && file.name === FIRST_VIEW,
      );
      if (chunk?.type !== "chunk") throw new Error(`the page has no view "${FIRST_VIEW}"`);
      const styles = [...(chunk.viteMetadata?.importedCss ?? [])].map(
        (name): HtmlTagDescriptor => ({
          tag: "link",
          attrs: { rel: "stylesheet", crossorigin: true, href: `./${name}` },
          injectTo: "head",
        }),
      );
      return [
        {
          tag: "link",
          attrs: { rel: "modulepreload", crossorigin: true, href: `./${chunk.fileName}` },
          injectTo: "head",
        },
        ...styles,
      ];
    },
  },
};
