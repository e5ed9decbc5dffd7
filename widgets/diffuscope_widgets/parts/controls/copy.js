// Text for the clipboard.

/**
 * Copy a text. Whether that worked: a page from another origin, or from disk, may have no leave to.
 * @param {string} text
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
