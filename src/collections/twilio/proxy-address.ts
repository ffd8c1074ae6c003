const ROOT = 'https://proxy.twilio.com/v1';

/**
 * Fills `url` and `links` of a resource once every sid of its path is known, the way the API answers; what is there
 * already stays. `path` alternates names and sids; `children` maps the keys of `links` to names of sub-resources.
 */
export function fillAddress(
  draft: Record<string, unknown>,
  path: readonly unknown[],
  children: Readonly<Record<string, string>>,
): void {
  if (!path.every((part) => typeof part === 'string')) return;
  const url = [ROOT, ...path].join('/');
  draft.url ??= url;
  const keys = Object.entries(children);
  if (keys.length > 0) draft.links ??= Object.fromEntries(keys.map(([key, name]) => [key, `${url}/${name}`]));
}
