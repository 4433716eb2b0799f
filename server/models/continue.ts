/** What a model is told when an answer of its own broke off; the guide knows it too. */
export const CONTINUE =
  'Your answer above broke off. Go on exactly where it stopped, without repeating or announcing anything.';
