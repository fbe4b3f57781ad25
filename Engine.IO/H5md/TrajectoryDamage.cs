namespace Engine.IO.H5md;

/// <summary>Something wrong with a trajectory.</summary>
/// <param name="Dataset">Path in the file, "/" for the file as a whole.</param>
/// <param name="FirstFrame">First frame (row) concerned, −1 where it is not a matter of frames.</param>
/// <param name="LastFrame">Last frame concerned.</param>
/// <param name="Problem">What is wrong.</param>
public sealed record TrajectoryDamage(string Dataset, long FirstFrame, long LastFrame, string Problem)
{
    public override string ToString() =>
        FirstFrame < 0 ? Dataset == "/" ? Problem : $"{Dataset}: {Problem}" : $"{Dataset}, {Rows} {FirstFrame}..{LastFrame}: {Problem}";

    private string Rows => Dataset.TrimStart('/').StartsWith("observables/", StringComparison.Ordinal) ? "samples" : "frames";
}
