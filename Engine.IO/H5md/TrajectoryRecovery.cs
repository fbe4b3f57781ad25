using Engine.Kernels.Errors;

namespace Engine.IO.H5md;

/// <summary>Saves what is readable of a trajectory whose run was killed or whose file is damaged.</summary>
public static class TrajectoryRecovery
{
    /// <summary>
    /// Writes every whole frame of <paramref name="path"/> to the new file <paramref name="output"/>. The damaged file is opened for reading
    /// only. (The usual remedy, h5clear, changes it in place and can empty it.) An image, velocity, force or charge that is damaged in a frame
    /// whose step, time, box and positions are sound is left out of the new file, of every frame, and the frame is kept; only at the end of a file
    /// that was cut short or whose run was killed, where an element merely lacks its last chunk, the element is kept and its last frames are lost.
    /// </summary>
    /// <exception cref="InputException">Not a trajectory of this program, its metadata cannot be read, or the output exists.</exception>
    public static RecoveryReport Recover(string path, string output)
    {
        if (File.Exists(output))
        {
            throw new InputException($"{output} exists; give the name of a new file to recover into");
        }
        using var source = TrajectorySource.Open(path, omitDamaged: true);
        long frames = 0, last = -1, samples = 0;
        IReadOnlyList<TrajectoryDamage> lost = [];
        using var writer = H5mdWriter.Refill(output, source, (sink, _) =>
            lost = source.Replay(long.MaxValue, (stream, step, record) =>
            {
                sink.WriteRecord(stream, record);
                if (stream == 0)
                {
                    frames++;
                    last = step;
                }
                else
                {
                    samples++;
                }
            }));
        return new(frames, last, samples, lost, source.Omitted);
    }
}
