// A short tone, made as it is needed: no file, and nothing to load.

const LENGTH = 0.35;

let context: AudioContext | null = null;

export function playTone(): void {
  context ??= new AudioContext();
  const { currentTime: now, destination } = context;
  for (const [place, pitch] of [660, 880].entries()) {
    const tone = new OscillatorNode(context, { type: "sine", frequency: pitch });
    const volume = new GainNode(context, { gain: 0 });
    const begin = now + place * 0.13;
    volume.gain.setValueAtTime(0, begin);
    volume.gain.linearRampToValueAtTime(0.12, begin + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, begin + LENGTH);
    tone.connect(volume).connect(destination);
    tone.start(begin);
    tone.stop(begin + LENGTH);
  }
}
