/** The same keys as `English`, with the texts of another language. */
export type TranslationOf<English> = {
  [Key in keyof English]: English[Key] extends string ? string : TranslationOf<English[Key]>;
};
