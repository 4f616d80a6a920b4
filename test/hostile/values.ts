/** Names of files that no client should get at, or get stuck on. */
export const HOSTILE_PATHS: readonly string[] = [
  ...['/dev/zero', '/dev/random', '/dev/stdin', '/dev/tty', '/proc/self/mem', '/proc/self/environ'],
  ...['/proc/self/pagemap', '/proc/self/fd/0', '/proc/self/cwd/', '/proc/kcore', '/sys/kernel/notes'],
  ...['/', '.', '..', '~', '/etc/passwd', '/etc/shadow', '../../../../etc/passwd', '/tmp/../etc/passwd'],
  ...[
    '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '..%c0%af..%c0%afetc/passwd',
    '..\\..\\windows\\win.ini',
    'C:\\boot.ini',
  ],
  ...[
    'file:///etc/passwd',
    'http://127.0.0.1:1/',
    'concat:/etc/passwd|/etc/hosts',
    'pipe:0',
    'data:audio/wav;base64,',
  ],
  ...[
    '/etc/passwd\0.wav',
    '\0',
    `/${'a'.repeat(300)}`,
    `/${'a/'.repeat(3000)}`,
    '-i',
    '$(id)',
    '`id`',
    '; ls',
    '|id',
  ],
]

/** Values of every type that JSON has, in sizes and kinds that programs forget. */
export const HOSTILE_VALUES: readonly unknown[] = [
  ...[null, true, false, 0, -0, -1, 0.5, 1e308, -1e308, 2 ** 53, 2 ** 31, -(2 ** 31), 1e-320],
  ...[
    '',
    ' ',
    '\n',
    '\0',
    '\ud800',
    '\udfff\ud800',
    '\u202e\u200b\ufeff',
    '😀'.repeat(50),
    'é'.normalize('NFD'),
  ],
  ...[
    'NaN',
    'Infinity',
    'true',
    '0x10',
    '1e999',
    'null',
    '{{7*7}}',
    '${7*7}',
    '<script>',
    "' OR 1=1--",
    '%s%n',
  ],
  ...['x'.repeat(5_000), 'Mr. '.repeat(400), '\\', '"', '{"a":1}', '__proto__', 'constructor', 'toString'],
  ...[
    [],
    {},
    [[]],
    [null],
    [1],
    Array<number>(8).fill(0),
    Array<string>(8).fill('x'),
    Array<number>(3_000).fill(1),
  ],
  ...[
    { length: 8 },
    { toString: 1 },
    { valueOf: null },
    { then: 1 },
    { toJSON: 1 },
    { constructor: { prototype: {} } },
  ],
  ...HOSTILE_PATHS,
]

/** Names that objects have already. */
export const INHERITED_NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
] as const
