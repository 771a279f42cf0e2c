/** The name, which is no text to translate. */
export const BRAND = 'VitalIQ';
