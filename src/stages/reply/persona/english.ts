import type { Script } from './script.js'

export const ENGLISH: Script = {
  locale: 'en-US',
  questions: [
    ['repeat', /^(?:(?:please|can you|could you) )*(?:repeat|say) (?:it )?after me\b[\s:,.]*(?<words>.+)$/is],
    ['repeat', /^(?:please )?repeat[\s:,]+(?!that\b|it\b|yourself\b)(?<words>.+)$/is],
    ['recall-name', /\bwhat(?:'s| is) my name\b|\bwho am i\b|\b(?:know|remember) (?:my name|who i am)\b/i],
    ['learn-name', /\b(?:my name(?: is|'s)|call me|i am called|i'm called) (?<name>\p{L}[\p{L}'-]{0,30})/iu],
    [
      'identity',
      /\b(?:who|what) are you\b|\bare you (?:an? )?(?:real|human|person|robot|bot|ai|machine|language model|chatgpt)\b|\babout yourself\b|\bintroduce yourself\b/i,
    ],
    ['own-name', /\byour name\b|\bare you called\b|\bshould i call you\b/i],
    [
      'abilities',
      /\bwhat (?:can|could|do) you do\b|\bwhat are you able\b|\b(?:can|could) you help\b|^help\b|\bhow (?:do|does) (?:this|it|you) work\b/i,
    ],
    [
      'wellbeing',
      /\bhow are (?:you|things)\b|\bhow(?:'s| is) it going\b|\bhow do you (?:do|feel)\b|\bwhat's up\b|\bare you (?:ok|okay|well|fine)\b/i,
    ],
    ['time', /\bwhat time\b|\bthe time\b|\bo'clock\b/i],
    ['date', /\bwhat day\b|\bwhich day\b|\b(?:the|today's|what) date\b|\bday is (?:it|today)\b/i],
    ['joke', /\bjokes?\b|\bmake me laugh\b|\bsomething funny\b/i],
    ['model', /\bllm\b|\b(?:language|which|what|a) model\b/i],
    ['farewell', /\b(?:good ?)?bye\b|\bsee you\b|\bgood night\b|\bfarewell\b/i],
    ['thanks', /\bthanks?\b|\bthank you\b|\bmuch appreciated\b/i],
    ['greeting', /^(?:hi|hello|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|day))\b/i],
  ],
  answers: {
    repeat: ['{words}'],
    'recall-name': ['You told me that your name is {name}.', 'You are {name}, or so you said.'],
    'learn-name': ['Nice to meet you, {name}.', 'Hello, {name}. I will remember that while we talk.'],
    identity: [
      'I am the demonstration of phiz: a talking face with a small script, and no language model behind it.',
      'A scripted demonstration. The voice and the face are made as you listen, but my words were written beforehand.',
    ],
    'own-name': ['I have no name of my own. People call the project phiz, which is an old word for face.'],
    abilities: [
      'I can greet you, tell the time and the date, tell a joke, and repeat after you. For anything more, connect a language model with --llm-url.',
      'Try "tell me a joke", "what time is it", or "repeat after me". You can interrupt me at any moment.',
    ],
    wellbeing: [
      'I am a script, so I am always the same. My face is in good shape, though. And you?',
      'As well as a demonstration can be, thank you. How are you?',
    ],
    time: ['It is {time} where I run.', 'My clock says {time}.'],
    date: ['It is {date}.', 'Today is {date}.'],
    joke: [
      'Why do I never play cards? Because everybody can read my face.',
      'I used to be two still pictures. Then somebody talked me into it.',
      'What do you call a face without a language model? A good listener.',
      'My memory is short, but my blinks are on time.',
    ],
    model: [
      'No language model is connected. Start phiz with --llm-url and the address of an OpenAI-compatible server, and --llm-model and its name.',
    ],
    farewell: ['Goodbye! It was nice talking to you.', 'See you.'],
    thanks: ['You are welcome.', 'My pleasure.'],
    greeting: [
      'Hello! I am the demonstration of phiz. Ask me what I can do.',
      'Hi there! Nice to see you.',
      'Hello again.',
    ],
  },
  nameless: ['You have not told me yet. What is your name?'],
  unknown: [
    'You asked about "{words}". I am a scripted demonstration without a language model, so I cannot answer that. Start phiz with --llm-url, and I can.',
    'About "{words}" I have no script. With a language model, connected by --llm-url, I could really answer.',
  ],
  unclear: [
    'I have no script for that, and no language model is connected. Start phiz with --llm-url, and I can answer anything.',
    'That is beyond my script. Ask me what I can do.',
  ],
  aroundSubject: [
    /^.*\babout (?=\p{L})/isu,
    /^(?:(?:so|well|ok|okay|and|but|please|can|could|would|will|do|does|did|is|are|was|were|you|i|we|me|tell|explain|describe|show|give|know|think|want|like|what|what's|who|who's|where|where's|when|why|how|which|much|many|there|the|a|an|to|of)\b[\s,]*)+/i,
    /[\s.,!?]+$/,
  ],
}
