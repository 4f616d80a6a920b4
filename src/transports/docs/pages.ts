/** The two pages, and the scripts that start them. All addresses are relative: a page stands wherever it is mounted. */

/** A page and its script. */
export interface Page {
  readonly html: string
  readonly script: string
}

/**
 * Reads the description and lets its requests go to the folder that the page stands in, unless it says where to: the
 * same application answers on a port of its own and under a path of the gateway. They carry the key that the page was
 * opened with.
 */
const READ_DESCRIPTION = `const here = new URL('.', location.href)
const description = await (await fetch(new URL('openapi.json', here))).json()
description.servers ??= [{ url: here.href.replace(/\\/$/, '') }]
const key = new URLSearchParams(location.search).get('api_key')
const withKey = (request) => {
  if (key !== null) request.headers.authorization = 'Bearer ' + key
  return request
}
`

/** Swagger UI: reads, and tries out. */
export function swaggerPage(title: string): Page {
  return {
    html: pageOf(title, {
      head: '<link rel="stylesheet" href="docs/assets/swagger-ui.css">',
      scripts: ['docs/assets/swagger-ui-bundle.js'],
      start: 'docs/assets/start-swagger.js',
    }),
    // validatorUrl would show a picture of another host.
    script: `${READ_DESCRIPTION}SwaggerUIBundle({
  spec: description,
  requestInterceptor: withKey,
  dom_id: '#page',
  deepLinking: true,
  validatorUrl: null,
})
`,
  }
}

/** Redoc: reads, in three columns. */
export function redocPage(title: string): Page {
  return {
    html: pageOf(title, {
      head: '',
      scripts: ['docs/assets/redoc.standalone.js'],
      start: 'docs/assets/start-redoc.js',
    }),
    script: `${READ_DESCRIPTION}Redoc.init(description, { disableSearch: false }, document.getElementById('page'))
`,
  }
}

interface Parts {
  readonly head: string
  readonly scripts: readonly string[]
  /** A module: it runs when the scripts have. */
  readonly start: string
}

function pageOf(title: string, { head, scripts, start }: Parts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="icon" type="image/png" href="docs/assets/favicon.png">
${head}
<style>body { margin: 0 }</style>
</head>
<body>
<div id="page"></div>
${scripts.map((script) => `<script src="${script}"></script>`).join('\n')}
<script type="module" src="${start}"></script>
</body>
</html>
`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
