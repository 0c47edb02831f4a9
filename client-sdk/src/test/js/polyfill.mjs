// Imported before matrix-js-sdk, which is written for Node 22. Node 20 lacks only this of what the
// tests run into.

Promise.withResolvers ??= function () {
  let resolve, reject;
  const promise = new this((res, rej) => {
    resolve = res;
    reject = rej;
  });
  return { promise, resolve, reject };
};
