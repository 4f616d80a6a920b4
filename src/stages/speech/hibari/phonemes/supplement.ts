/** As they are written, since without its accents each is another word. */
export const ACCENTED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    résumé: 'ɹˈɛzəmˌA',
    résumés: 'ɹˈɛzəmˌAz',
    exposé: 'ˌɛkspOzˈA',
    rosé: 'ɹOzˈA',
  }),
)

/** Words that the lexicons lack, written so by the normalisation of English, or young. Case counts. */
export const SUPPLEMENT: ReadonlyMap<string, string> = new Map(
  Object.entries({
    Ms: 'mˈɪz',
    etcetera: 'ɛtsˈɛɾəɹə',
    et: 'ˈɛt',
    PhD: 'pˌiˌAʧdˈi',
    PhDs: 'pˌiˌAʧdˈiz',
    "'n": 'ən',
    "rock'n'roll": 'ɹˌɑkənɹˈOl',
  }),
)

/** What stands in front of a hyphen and is no word by itself, or another one: "re-read", "non-stop". */
export const PREFIXES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    de: 'dˌi',
    mis: 'mˌɪs',
    multi: 'mˌʌlti',
    non: 'nˌɑn',
    quasi: 'kwˌAzI',
    re: 'ɹˌi',
    tri: 'tɹˌI',
    un: 'ˌʌn',
  }),
)
