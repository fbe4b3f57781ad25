namespace Engine.Core.Forces;

/// <summary>How the reciprocal part of an Ewald sum is computed.</summary>
public enum EwaldMethod
{
    /// <summary>On a mesh where that pays, <see cref="EwaldSettings.OnMesh"/>.</summary>
    Auto,

    /// <summary>Wave vector by wave vector.</summary>
    Sum,

    /// <summary>Smooth particle mesh Ewald, with a mesh that is as accurate as the sum.</summary>
    Mesh,
}
