namespace Engine.IO.H5md;

/// <summary>A per-frame element that recovery left out of the new file so that frames which are otherwise whole could be kept.</summary>
/// <param name="Name">Its name in the group of particles: image, velocity, force or charge.</param>
/// <param name="Damaged">First and last of each range of frames of the damaged file in which it could not be read.</param>
public sealed record OmittedElement(string Name, IReadOnlyList<(long First, long Last)> Damaged)
{
    public override string ToString() =>
        $"{Name} left out: damaged in frames {string.Join(", ", Damaged.Select(range => $"{range.First}..{range.Last}"))}";
}
