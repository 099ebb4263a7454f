// Where the app keeps what it has to remember: a JSON file in the data directory of the appspace.

/** JSONFile keeps one value in a file. */
export class JSONFile<T> {
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param path says where the file is. Dropserver may move an appspace, so it is asked every time.
   * @param empty is the value as long as there is no file.
   * @param parse checks what the file holds. It throws if that isn't a value.
   */
  constructor(readonly path: () => string, readonly empty: T, readonly parse: (json: unknown) => T) {}

  /** read returns the value. */
  async read(): Promise<T> {
    const json = await this.#load();
    return json === undefined ? this.empty : this.parse(json);
  }

  /**
   * update changes the value, and returns the new one. Updates run one after the other, so that none is lost when two people
   * do something at the same time. Where change throws, or the file can't be read, the file stays as it is.
   */
  update(change: (value: T) => T): Promise<T> {
    return this.#inTurn(async () => {
      const value = change(await this.read());
      await this.#save(value);
      return value;
    });
  }

  /** migrate changes the form of what the file holds. As long as there is no file, there is nothing to change. */
  migrate(convert: (json: unknown) => unknown): Promise<void> {
    return this.#inTurn(async () => {
      const json = await this.#load();
      if (json !== undefined) await this.#save(convert(json));
    });
  }

  #inTurn<R>(run: () => Promise<R>): Promise<R> {
    const result = this.#last.then(run, run);
    this.#last = result;
    return result;
  }

  async #load(): Promise<unknown> {
    let text: string;
    try {
      text = await Deno.readTextFile(this.path());
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
    return JSON.parse(text);
  }

  /** The file is replaced in one step: whoever reads it, also after a crash, finds either the old value or the new one. */
  async #save(value: unknown): Promise<void> {
    const path = this.path();
    await Deno.writeTextFile(path + ".new", JSON.stringify(value, null, 1) + "\n");
    await Deno.rename(path + ".new", path);
  }
}
