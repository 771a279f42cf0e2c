/** Whether this browser and address can use passkeys at all: an address of digits cannot. */
export const hasPasskeys =
  'PublicKeyCredential' in window &&
  'parseCreationOptionsFromJSON' in PublicKeyCredential &&
  !/^[\d.]+$|^\[/.test(location.hostname);
