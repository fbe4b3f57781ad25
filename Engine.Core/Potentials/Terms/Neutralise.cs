namespace Engine.Core.Potentials.Terms;

/// <summary>What an Ewald sum does about a net charge.</summary>
public enum Neutralise
{
    /// <summary>Refuses it.</summary>
    None,

    /// <summary>Adds a homogeneous background of the opposite charge.</summary>
    Background,
}
