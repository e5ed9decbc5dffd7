// The wire: how buffers are read, and the shape of all that crosses. Python's wire.py and shapes.py have these names.

/**
 * The bytes of a buffer trait, which may begin anywhere inside its message.
 * @param {Buffer | null} view null and an empty trait are no bytes
 */
export const bytesOf = (view) =>
  view ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : new Uint8Array();

/**
 * The float32 numbers of a buffer trait. They are copied: their place in the message need not be a multiple of four.
 * @param {Buffer} view
 */
export const floatsOf = (view) => new Float32Array(bytesOf(view).slice().buffer);

/**
 * The int8 numbers of a buffer trait.
 * @param {Buffer} view
 */
export const signedOf = (view) => new Int8Array(view.buffer, view.byteOffset, view.byteLength);

/**
 * Packed picture files, one after the other, as files.
 * @param {Packed} packed
 * @param {Buffer | null} view
 */
export function filesOf({ type, offsets }, view) {
  const bytes = bytesOf(view);
  return offsets.slice(1).map((end, place) => fileOf(bytes.slice(offsets[place], end), type));
}

/**
 * One picture file.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} [type] "" lets the browser look
 */
export const fileOf = (bytes, type = "") => new Blob([bytes], { type });

/**
 * Packed picture files as bitmaps; `shut` frees them.
 * @param {Packed} packed
 * @param {Buffer | null} view
 */
export const bitmapsOf = (packed, view) => Promise.all(filesOf(packed, view).map((file) => createImageBitmap(file)));

/** @param {Iterable<ImageBitmap>} bitmaps */
export function shut(bitmaps) {
  for (const bitmap of bitmaps) bitmap.close();
}

/**
 * Raw RGB pictures of one size, one after the other, as RGBA.
 * @param {Buffer} view
 * @param {number} size pixels of a picture
 */
export function rawOf(view, size) {
  const rgb = bytesOf(view);
  return Array.from({ length: rgb.length / (3 * size) }, (_, place) => {
    const rgba = new Uint8ClampedArray(4 * size).fill(255);
    const from = 3 * size * place;
    for (let i = 0; i < size; i += 1) rgba.set(rgb.subarray(from + 3 * i, from + 3 * i + 3), 4 * i);
    return rgba;
  });
}

// -- what several widgets have

/** @typedef {DataView<ArrayBuffer>} Buffer As ipywidgets gives bytes. */
/** @typedef {{ type: string, offsets: number[] }} Packed Files in one buffer; offsets in bytes, one more than files. */
/** @typedef {{ name: string, label: string, about: string }} Choice One of several, with a word and a sentence. */
/** @typedef {{ field: string, left: string, right: string }} Difference What two runs have not in common, as text. */
/**
 * Numbers that Python checks too.
 * @typedef {object} Limits
 * @property {number} seed the largest
 * @property {number} guidance the largest
 * @property {number} guidance_slider where the slider ends; the box beside it takes more
 * @property {number} steps_slider where the slider ends; the box beside it takes more
 * @property {number} weight the heaviest of a word
 * @property {[least: number, most: number, step: number]} side of a picture, pixels
 * @property {number} pixelated pixels of a side up to which single pixels are shown as squares
 * @property {number} file bytes of a file that can be sent
 * @property {number} deviations standard deviations of noise that are black and white, and of a nudge
 * @property {number} strip seeds beside one another
 * @property {number} remembered seeds in the history
 * @property {number} room bytes of decoded pictures that a widget should hold
 */
/** @typedef {{ error: string, limits: Limits }} Every Traits of every widget. */

// -- film

/**
 * The pictures of one row.
 * @typedef {object} RowMeta
 * @property {string} name
 * @property {string} symbol
 * @property {string} short on its button
 * @property {string} label
 * @property {string} type
 * @property {number[]} offsets
 * @property {number} width
 * @property {number} height
 * @property {boolean} pixels show single pixels as squares
 * @property {number | null} white of channels: the number that is white; black is its negative
 */
/**
 * A recorded run; every list but `rows` is as long as there are frames.
 * @typedef {object} FilmMeta
 * @property {RowMeta[]} rows
 * @property {number[]} steps call numbers from 0
 * @property {number} calls
 * @property {(number | null)[]} ratio noise over signal; null is infinite
 * @property {number[]} [timestep]
 * @property {string} [title]
 */
/** @typedef {{ steps?: undefined }} NoFilm */
/**
 * @typedef {object} FilmOwn
 * @property {Buffer} frames
 * @property {FilmMeta | NoFilm} meta
 * @property {Buffer} other_frames
 * @property {FilmMeta | NoFilm} other_meta
 * @property {number} index
 * @property {string[]} shown
 * @property {Buffer} preview_frames
 * @property {FilmMeta | NoFilm} preview
 */
/** @typedef {{ mode: string, modes: Choice[], differences: Difference[] }} Comparing Traits of widgets that compare. */
/** @typedef {Every & Comparing & FilmOwn} FilmTraits */
/** @typedef {{ type: "file", ask: string, name: string }} FileMessage A file for the browser to save, in the buffer. */

// -- history and variants

/** @typedef {{ key: string, title: string, detail: string, changed: string }} HistoryEntry */
/** @typedef {Partial<Packed> & { pixels?: boolean, entries?: HistoryEntry[] }} HistoryMeta */
/** @typedef {Every & { thumbs: Buffer, meta: HistoryMeta, current: string }} HistoryTraits */
/** @typedef {{ label: string, detail: string, larger: number | null }} VariantCell */
/** @typedef {{ pixels?: boolean, title?: string, cells?: VariantCell[], live?: boolean }} Four */
/** @typedef {Partial<Packed> & Four} VariantsMeta */
/** @typedef {Every & { frames: Buffer, meta: VariantsMeta, ready: boolean }} VariantsTraits */

// -- schedulers

/**
 * A row of the catalogue.
 * @typedef {object} SchedulerRow
 * @property {string} name
 * @property {string} group
 * @property {string} note
 * @property {string | null} random
 * @property {string} calls how calls follow from steps: "N", "N+1", "2N-1"
 * @property {string[]} schedules the usual one first
 * @property {[fewest: number, most: number]} steps
 */
/** @typedef {{ scheduler: string, schedule: string | null, steps: number }} ScheduleChoice */
/** @typedef {Every & ScheduleChoice & { catalogue: SchedulerRow[], channel: string }} PickerTraits */
/** @typedef {{ scheduler: string, schedule: string, rule: string, steps: number[], calls: number[] }} Columns */
/** @typedef {{ table: Buffer, columns: Columns | { steps?: undefined }, curve: Buffer, channel: string }} Levels */
/** @typedef {Every & ScheduleChoice & Levels} ScheduleTraits */

// -- race

/**
 * One runner; lists are as long as there are kept calls, and one more for the end.
 * @typedef {object} LaneMeta
 * @property {string} name a letter; "R" is the reference
 * @property {string} scheduler
 * @property {number} steps
 * @property {number} calls
 * @property {boolean} random
 * @property {boolean} distilled
 * @property {number[]} share of the way, 0 to 1
 * @property {number[]} call
 * @property {(number | null)[]} ratio noise over signal; null is infinite
 * @property {[number, number][]} path
 * @property {number[]} distance empty without a reference
 * @property {number[]} pictures which points have one
 */
/** @typedef {Packed & { name: string, width: number, height: number }} LaneRow */
/** @typedef {{ rows: LaneRow[], lanes: LaneMeta[], plane: number[] }} Lanes `plane`: the variance along its axes. */
/** @typedef {Lanes & { title: string, seed: number, guidance: number }} RaceMeta */
/** @typedef {Every & { frames: Buffer, meta: RaceMeta | { lanes?: undefined }, playhead: number }} RaceTraits */

// -- seeds

/** @typedef {[channels: number, height: number, width: number]} Shape Of latents. */
/** @typedef {{ seeds: number[], seed: number, variation_seed: number | null, shape: Shape }} SeedsMeta */
/**
 * @typedef {object} SeedsOwn
 * @property {number} seed
 * @property {boolean} locked
 * @property {number | null} variation_seed
 * @property {number} variation_strength
 * @property {number[]} history
 * @property {number} first
 * @property {Buffer} strip
 * @property {Buffer} pair
 * @property {SeedsMeta | { seeds?: undefined }} meta
 */
/** @typedef {Every & SeedsOwn} SeedsTraits */

// -- latents

/**
 * @typedef {object} LatentsOwn
 * @property {Shape} shape
 * @property {number} white the latent number that is white; black is its negative
 * @property {number[]} std of each channel
 * @property {string[]} rows labels of the pictures
 * @property {number | null} psnr decibels
 * @property {boolean} lossless
 */
/** @typedef {Packed & LatentsOwn} LatentsMeta */
/** @typedef {{ pictures: Buffer, latents: Buffer, decoded: Buffer, meta: LatentsMeta | { shape?: undefined } }} Read */
/** @typedef {Every & Read & { nudge: number[], decoded_of: number[], note: string, busy: boolean }} LatentsTraits */

// -- guidance

/**
 * @typedef {object} GuidanceOwn
 * @property {RowMeta[]} finished the finished picture
 * @property {number[]} uncond a length a frame, along the first axis of the plane
 * @property {[number, number][]} cond a point of the plane a frame
 * @property {Shape} shape
 * @property {[number, number][]} peaks what 127 stands for in `maps`, a frame
 * @property {number} guidance
 * @property {string} negative
 * @property {boolean} live a model is there
 */
/** @typedef {FilmMeta & GuidanceOwn} GuidanceMeta */
/** @typedef {{ rows?: RowMeta[], index?: number, guidance?: number }} Look What the model decoded, and of what. */
/**
 * The newest whole run.
 * @typedef {object} WholeRun
 * @property {"running" | "done" | "stopped"} [state]
 * @property {number} [guidance]
 * @property {number} [seconds]
 * @property {RowMeta[]} [rows]
 * @property {number} [drawn] the guidance of `rows`
 */
/** @typedef {{ frames: Buffer, maps: Buffer, image: Buffer, meta: GuidanceMeta | NoFilm }} Apart */
/** @typedef {{ look_frames: Buffer, look: Look, run_image: Buffer, run: WholeRun }} Bent */
/** @typedef {Every & Apart & Bent & { index: number, guidance: number, progress: [number, number] }} GuidanceTraits */

// -- prompt box and form

/** @typedef {{ text: string, position: number, known: boolean, read: boolean, weight: number }} Word */
/** @typedef {Word & { kind?: undefined }} Token */
/** @typedef {{ when: string, parts: Part[], text: string }} Option */
/** @typedef {{ kind: string, options: Option[] }} Group */
/** @typedef {Token | Group} Part */
/** @typedef {{ unit: string, count: number, room: number | null, parts: Part[] }} Counted */
/** @typedef {Counted & { source: string, more: number }} Reading */
/** @typedef {{ value: string, label: string, reading: Reading | { parts?: undefined, source?: string } }} Written */
/** @typedef {Every & Written & { problem: string, status: string }} PromptTraits */
/** @typedef {Record<string, string>} Texts A sentence a field. */
/** @typedef {string | number | null} Value */
/** @typedef {{ values: Record<string, Value>, notes: Texts, problems: Texts, unread: string, code: string }} Filled */
/** @typedef {{ actions: boolean, blocked: string, live: boolean, running: boolean }} Drawing */
/** @typedef {{ progress: [number, number], status: string }} Progress */
/** @typedef {{ label: string, about: string, above: number }} Badge a word beside a label */
/** @typedef {{ name: string, label: string, about: string, group: string, hint: string, rows: number }} Named */
/** @typedef {{ low: number | null, high: number | null, step: number | "any" }} Limited */
/** @typedef {{ default: Value, optional: boolean, auto: boolean, number: boolean, badge: Badge | null }} Held */
/** @typedef {"text" | "choice" | "seed" | "slider" | "number"} ControlKind */
/** @typedef {{ control: ControlKind, slider: [number, number, number] | null }} Kind */
/** @typedef {Named & Limited & Held & Kind} Control a row of the table of settings */
/** @typedef {{ fields: Control[], hidden: string[], seed_locked: boolean, catalogue: SchedulerRow[] }} Shown */
/** @typedef {Every & Filled & Drawing & Progress & Shown} FormTraits */

// -- grid

/** @typedef {{ name: string, labels: string[] }} AxisMeta */
/** @typedef {{ key: string, place: number[], size: [number, number], changed: Texts }} CellMeta */
/** @typedef {{ axes: AxisMeta[], cells: CellMeta[], box: [number, number] }} Cells */
/** @typedef {Cells & { common: Texts, usual: string[], pixels: boolean }} PlanMeta */
/** @typedef {{ type?: string, keys?: string[], rects?: Rect[] }} Atlas */
/** @typedef {[x: number, y: number, width: number, height: number]} Rect */
/** @typedef {"film" | "picture"} Kept */
/** @typedef {{ [what in Kept]?: Record<string, [begin: number, end: number]> }} KeptMeta */
/** @typedef {{ tiles: Buffer, tiles_meta: Atlas, late: Buffer, late_meta: Atlas }} Atlases */
/** @typedef {{ kept: Buffer, kept_meta: KeptMeta, ratings: Record<string, Mark>, run: GridRun }} Stored */
/** @typedef {"star" | "reject"} Mark */
/** @typedef {{ ready?: boolean, running?: boolean }} GridRun */
/** @typedef {{ rows: string[], columns: string[], page: Record<string, number> }} Arrangement */
/** @typedef {Arrangement & { filter: string, filters: Choice[], picked: string[] }} Picked */
/** @typedef {Every & Comparing & Atlases & Stored & Picked & { plan: PlanMeta | { cells?: undefined } }} GridTraits */
