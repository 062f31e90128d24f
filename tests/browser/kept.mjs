// What the page keeps on the device, as it lies in the browser's storage.

/** What is kept of the photo that is being opened, of the photo, and of the settings. */
export const kept = async () => {
  const open = indexedDB.open('brushwork');
  await new Promise((done) => {
    open.onsuccess = done;
  });
  const store = open.result.transaction('work').objectStore('work');
  const read = (/** @type {string} */ key) =>
    new Promise((done) => {
      const request = store.get(key);
      request.onsuccess = () => done(request.result);
    });
  const [opening, photo] = await Promise.all(['opening', 'photo'].map(read));
  open.result.close();
  const { settings } = JSON.parse(localStorage.getItem('brushwork-manner') ?? '{}');
  return { opening: opening?.bytes.byteLength > 0, crop: photo?.crop, style: settings?.style };
};
