using Engine.Core.Particles;

namespace Engine.Core.Gap.Active;

/// <summary>Whoever knows the energy and the forces of a structure.</summary>
public interface IOracle
{
    /// <summary>For records: "potential hfo2-teter-fit".</summary>
    string Name { get; }

    /// <summary>Puts energy, forces and, where it knows it, the virial into a frame.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="cancellation">Stops it at once.</param>
    void Label(Configuration frame, CancellationToken cancellation = default);
}
